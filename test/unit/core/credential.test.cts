import { normalizeApiKey, parseCredential } from '../../../nodes/core/credential';

const baseUrl = 'https://api.test/v1';

describe('the key', () => {
	test.each([
		' abc.def\n',
		'Bearer abc.def',
		'bearer  Bearer\tabc.def',
		'Authorization: Bearer abc.def',
		'\ufeffab\u200bc.\r\ndef\u00a0',
	])('%j is abc.def', (apiKey) => {
		expect(normalizeApiKey(apiKey)).toBe('abc.def');
		const { secrets, ...sent } = parseCredential({ apiKey, baseUrl });
		expect(sent).toEqual({ apiKey: 'abc.def', baseUrl });
		expect(secrets).toEqual(['abc.def', apiKey]);
	});

	test.each([undefined, 7, '', ' \n', 'Bearer', 'Bearer \u200b'])('%j is empty', (apiKey) => {
		expect(() => parseCredential({ apiKey, baseUrl })).toThrow(
			'The API key of the MonsterAPI credential is empty',
		);
	});

	test('that no header can carry is refused', () => {
		expect(() => parseCredential({ apiKey: 'schlüssel', baseUrl })).toThrow(
			'characters that no key has',
		);
	});
});

describe('the base URL', () => {
	const read = (url: unknown) => parseCredential({ apiKey: 'k', baseUrl: url }).baseUrl;

	test.each([
		[' https://api.test/v1/ ', baseUrl],
		['https://api.test//v1///', baseUrl],
		['HTTPS://API.test:443/v1', baseUrl],
		['https://api.test\u200b/v1\n', baseUrl],
		['https:////api.test/v1', baseUrl],
		['http://127.0.0.1:4020/', 'http://127.0.0.1:4020'],
		['http://[::1]:4020/Own//v1', 'http://[::1]:4020/Own/v1'],
	])('%j is sent as %s', (entered, sent) => expect(read(entered)).toBe(sent));

	test.each([
		['', /is empty/],
		[undefined, /is empty/],
		['api.monsterapi.ai/v1', /does not start with https:\/\/ or http:\/\//],
		['localhost:4020/v1', /does not start with https:\/\/ or http:\/\//],
		['ftp://api.test/v1', /does not start with https:\/\/ or http:\/\//],
		['https://', /is not a web address/],
		['https://user:pass@api.test/v1', /more than a host and a path/],
		['https://api.test/v1?key=1', /more than a host and a path/],
		['https://api.test/v1#top', /more than a host and a path/],
	])('%j is refused', (entered, message) => expect(() => read(entered)).toThrow(message));

	test('is read in linear time', () => {
		const slashes = `https://api.test/${'/'.repeat(200_000)}v1`;
		expect(read(slashes)).toBe(baseUrl);
		expect(normalizeApiKey('Bearer '.repeat(50_000))).toBe('');
	});
});
