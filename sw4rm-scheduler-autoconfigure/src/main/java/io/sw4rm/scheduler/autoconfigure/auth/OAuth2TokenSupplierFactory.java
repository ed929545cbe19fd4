package io.sw4rm.scheduler.autoconfigure.auth;

/**
 * Makes suppliers of OAuth2 tokens, where Spring Security's OAuth2 client is present.
 */
@FunctionalInterface
interface OAuth2TokenSupplierFactory {

	/**
	 * Make a supplier.
	 * @param prefix what the names of the scheduler's properties begin with
	 * @param registrationId the id of the OAuth2 client registration
	 */
	SchedulerTokenSupplier create(String prefix, String registrationId);

}
