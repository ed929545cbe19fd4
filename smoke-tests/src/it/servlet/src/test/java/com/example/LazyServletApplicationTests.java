package com.example;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThatException;

@TestPropertySource(properties = "spring.main.lazy-initialization=true")
class LazyServletApplicationTests extends ServletApplicationTests {

	@Test
	void doesNotStartWithoutRequiredScheduler() {
		assertThatException()
			.isThrownBy(() -> SpringApplication.run(ServletApplication.class, "--spring.main.lazy-initialization=true",
					"--server.port=0", "--sw4rm.scheduler.address=localhost:1", "--sw4rm.scheduler.startup=fail-fast"))
			.havingCause()
			.withMessageContaining("localhost:1");
	}

}
