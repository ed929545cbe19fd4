package io.sw4rm.scheduler.client;

/**
 * Converts objects to the bytes of {@link TaskSubmission#params() task parameters}.
 * Bytes, text and protobuf messages are sent unchanged and are not converted.
 * Implementations must be thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadConverter {

	/**
	 * Convert task parameters.
	 * @param params the object to convert
	 * @param contentType the MIME type that the result must have, such as
	 * {@code application/json}
	 * @return the bytes to send; the array must not be changed afterwards
	 * @throws IllegalArgumentException if the object can't be converted to that type
	 */
	byte[] convert(Object params, String contentType);

}
