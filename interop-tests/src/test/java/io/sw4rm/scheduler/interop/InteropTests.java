package io.sw4rm.scheduler.interop;

import java.util.List;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Base class of tests that run with each language.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Language.class)
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(InteropTable.class)
abstract class InteropTests {

	/**
	 * Contains each byte, also those that are not valid in a text.
	 */
	static final ByteString ONE_MEGABYTE = oneMegabyte();

	@Parameter
	Language language;

	/**
	 * Return the roles of the language in the tests: client, scheduler, or both.
	 */
	abstract List<String> roles();

	@BeforeEach
	@Timeout(300)
	void requireLanguage() {
		this.language.require();
	}

	private static ByteString oneMegabyte() {
		byte[] bytes = new byte[1 << 20];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		return ByteString.copyFrom(bytes);
	}

}
