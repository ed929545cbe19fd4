package io.sw4rm.scheduler.client;

/**
 * Turns objects into the bytes of {@link TaskSubmission#params() task parameters}. Bytes,
 * text and protobuf messages are sent as they are and never reach a converter.
 * Implementations must be thread-safe.
 */
@FunctionalInterface
public interface PayloadConverter {

	/**
	 * Convert task parameters.
	 * @param params the object to convert
	 * @param contentType the MIME type that the result must have, such as
	 * {@code application/json}
	 * @return the bytes to send; the caller takes over the array
	 * @throws IllegalArgumentException if the object can't be converted to that type
	 */
	byte[] convert(Object params, String contentType);

}
