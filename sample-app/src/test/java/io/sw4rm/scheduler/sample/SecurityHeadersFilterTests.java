package io.sw4rm.scheduler.sample;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class SecurityHeadersFilterTests {

	@ParameterizedTest
	@ValueSource(strings = { "/", "/app.js", "/api/connection", "/api/unknown" })
	void permitsNothingButOwnScriptsAndStyles(String path, @Autowired RestTestClient rest) {
		rest.get()
			.uri(path)
			.exchange()
			.expectHeader()
			.value("Content-Security-Policy",
					(policy) -> assertThat(policy).contains("default-src 'none'")
						.contains("script-src 'self'")
						.contains("style-src 'self'")
						.contains("frame-ancestors 'none'")
						.doesNotContain("unsafe"))
			.expectHeader()
			.valueEquals("X-Content-Type-Options", "nosniff");
	}

}
