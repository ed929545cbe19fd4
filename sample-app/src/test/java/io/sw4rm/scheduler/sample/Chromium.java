package io.sw4rm.scheduler.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Provides each test with a {@link Page} of headless Chromium. A test fails when its page
 * throws an error or breaks the Content-Security-Policy. Tests are skipped if Chromium is
 * not installed.
 */
class Chromium implements BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {

	private static final Path EXECUTABLE = Path.of(Optional.ofNullable(System.getProperty("CHROMIUM"))
		.or(() -> Optional.ofNullable(System.getenv("CHROMIUM")))
		.orElse("/usr/bin/chromium"));

	private static final List<String> ARGUMENTS = List.of("--no-sandbox", "--disable-background-networking");

	/**
	 * Sufficient for a slow machine: the page refreshes every two seconds.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final List<String> errors = new ArrayList<>();

	private @Nullable Playwright playwright;

	private @Nullable Browser browser;

	@Override
	public void beforeEach(ExtensionContext context) {
		// For each test rather than for the class, so that the tests are counted as
		// skipped
		assumeTrue(Files.isExecutable(EXECUTABLE), () -> "There is no Chromium at " + EXECUTABLE
				+ ". Install it (apt-get install chromium), or set CHROMIUM to its path.");
		if (this.playwright == null) {
			this.playwright = Playwright
				.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
			this.browser = this.playwright.chromium()
				.launch(new BrowserType.LaunchOptions().setExecutablePath(EXECUTABLE).setArgs(ARGUMENTS));
			PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE.toMillis());
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == Page.class;
	}

	@Override
	public Page resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Page page = Objects.requireNonNull(this.browser).newPage();
		page.onPageError(this.errors::add);
		page.onConsoleMessage((message) -> {
			if (message.text().contains("Content Security Policy")) {
				this.errors.add(message.text());
			}
		});
		return page;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		if (this.browser != null) {
			List.copyOf(this.browser.contexts()).forEach(BrowserContext::close);
		}
		List<String> errorsOfTest = List.copyOf(this.errors);
		this.errors.clear();
		assertThat(errorsOfTest).isEmpty();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		if (this.playwright != null) {
			this.playwright.close();
		}
	}

}
