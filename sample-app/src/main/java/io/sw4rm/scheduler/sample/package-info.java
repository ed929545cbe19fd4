/**
 * A Spring Boot application that uses the SW4RM scheduler: a tour of the operations on
 * start, a REST API and a web page.
 */
@NullMarked
package io.sw4rm.scheduler.sample;

import org.jspecify.annotations.NullMarked;
