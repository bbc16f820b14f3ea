package io.github.thriftboot.netty.tls;

/**
 * Whether clients show a certificate.
 */
public enum ClientAuth {

	/**
	 * They are not asked for one.
	 */
	NONE,

	/**
	 * They are asked, and one that they show must be valid.
	 */
	WANT,

	/**
	 * Those without a valid one are refused.
	 */
	NEED

}
