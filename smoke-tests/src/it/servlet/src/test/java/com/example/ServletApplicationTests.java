package com.example;

import io.sw4rm.scheduler.smoke.WebApplicationTests;

class ServletApplicationTests extends WebApplicationTests {

}
