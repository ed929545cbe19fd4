package com.example;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "spring.main.lazy-initialization=true")
class LazyServletApplicationTests extends ServletApplicationTests {

}
