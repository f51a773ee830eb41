import { toNetworkError } from '../../../nodes/host/networkErrors';

const errorWith = (code: string, message = '', more: object = {}): Error =>
	Object.assign(new Error(message), { code, ...more });

describe('whether a request got there', () => {
	test.each<[string, Error]>([
		['nobody listens', errorWith('ECONNREFUSED')],
		['the name is unknown', errorWith('ENOTFOUND')],
		['it broke while connecting', errorWith('ECONNRESET', '', { syscall: 'connect' })],
		['n8n wraps it', new Error('wrapped', { cause: errorWith('ECONNREFUSED') })],
	])('no, but it may in a moment: %s', (_name, error) =>
		expect(toNetworkError(error)).toMatchObject({ reached: 'no', transient: true }),
	);

	test.each<[string, Error]>([
		['a certificate', errorWith('DEPTH_ZERO_SELF_SIGNED_CERT')],
		['no TLS on the other side', errorWith('ERR_SSL_WRONG_VERSION_NUMBER')],
		['the same in older words', errorWith('EPROTO', 'SSL3_GET_RECORD:wrong version number')],
		['a failed handshake', errorWith('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')],
		['an old protocol', errorWith('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')],
		['no address', errorWith('ERR_INVALID_URL')],
	])('no, and it will not: %s', (_name, error) =>
		expect(toNetworkError(error)).toMatchObject({ reached: 'no', transient: false }),
	);

	test.each<[string, Error]>([
		['the connection broke', errorWith('ECONNRESET', '', { syscall: 'read' })],
		['no answer came', errorWith('ETIMEDOUT')],
		[
			'TLS broke in the midst of an answer',
			errorWith('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'),
		],
		['the same in older words', errorWith('EPROTO', 'decryption failed or bad record mac')],
		['nobody knows what it was', new Error('handshake')],
	])('maybe: %s', (_name, error) =>
		expect(toNetworkError(error)).toMatchObject({ reached: 'maybe', transient: true }),
	);
});
