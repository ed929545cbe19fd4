package com.example;

import io.sw4rm.scheduler.smoke.WebApplicationTests;

class ReactiveApplicationTests extends WebApplicationTests {

}
