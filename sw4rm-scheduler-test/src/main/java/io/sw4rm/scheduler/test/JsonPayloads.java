package io.sw4rm.scheduler.test;

import tools.jackson.databind.json.JsonMapper;

import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.PayloadConverter;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

/**
 * Converts task parameters to JSON if Jackson is on the class path, as the starter does.
 */
final class JsonPayloads {

	private static final boolean JACKSON_PRESENT = isPresent("tools.jackson.databind.json.JsonMapper");

	private JsonPayloads() {
	}

	static SchedulerClientBuilder enable(SchedulerClientBuilder builder) {
		return JACKSON_PRESENT ? builder.payloadConverter(Jackson.CONVERTER) : builder;
	}

	private static boolean isPresent(String className) {
		try {
			Class.forName(className, false, JsonPayloads.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	/**
	 * Jackson is optional.
	 */
	private static final class Jackson {

		// Like the mapper that Spring Boot configures
		private static final PayloadConverter CONVERTER = new JacksonPayloadConverter(
				JsonMapper.builder().findAndAddModules().build());

	}

}
