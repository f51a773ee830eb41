import fc from 'fast-check';
import {
	readId,
	requireModelId,
	requireProcessId,
	requireWebhookName,
} from '../../../nodes/core/api/ids';
import { models } from '../../../nodes/core/catalogue';
import { checkInputs } from '../../../nodes/core/catalogue/validate';
import { normalizeApiKey, parseCredential } from '../../../nodes/core/credential';
import { requireNamedFile } from '../../../nodes/core/files/accept';
import { decodeDataUrl } from '../../../nodes/core/files/dataUrl';
import { safeFileName } from '../../../nodes/core/files/names';
import { requireAllowedAddress } from '../../../nodes/core/http/addressPolicy';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { redactLogLine } from '../../../nodes/core/http/logRedaction';
import { statedReason } from '../../../nodes/core/http/reason';
import { omitSecrets, redactSecrets } from '../../../nodes/core/http/redaction';
import { retryAfterMs } from '../../../nodes/core/http/retryPolicy';
import { outputAddresses } from '../../../nodes/core/jobs/outputFiles';
import { parseJson } from '../../../nodes/core/json';
import { toJsonText, trimInvisible, wellFormed, withoutInvisible } from '../../../nodes/core/text';
import { requireWebUrl } from '../../../nodes/core/webUrl';
import { parseCallback } from '../../../nodes/core/webhook/callback';

const options = { seed: 20_260_101, numRuns: 300 };

/** Half characters, blanks and what URLs, paths and keys consist of, more often than chance would have it. */
const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
	fc
		.array(
			fc.oneof(
				fc.constantFrom('https://', 'http://', 'Bearer ', '..', '/', '\\', '?', '#', '@', ':', '.'),
				fc.constantFrom(
					'\ud83d',
					'\u200b',
					'\ufeff',
					' ',
					'\n',
					'%',
					'%2e',
					'token=',
					'&',
					'"',
					"'",
				),
				fc.constantFrom(
					'eyJhbGciOiJI',
					'PASSWORD=',
					'api_key: ',
					'mp3',
					'con',
					'data:',
					';base64,',
				),
				fc.string({ maxLength: 6 }),
			),
			{ maxLength: 12 },
		)
		.map((parts) => parts.join('')),
);

const secret = fc.string({ minLength: 6, maxLength: 20 }).filter((one) => one.trim().length >= 6);

/** The result; undefined for an error of our own. */
function settle<T>(work: () => T): T | undefined {
	try {
		return work();
	} catch (error) {
		if (error instanceof MonsterApiError) return undefined;
		throw error;
	}
}

test.each<[string, (value: string) => unknown]>([
	['the API key', normalizeApiKey],
	['the base URL', (baseUrl) => parseCredential({ apiKey: 'key', baseUrl }).baseUrl],
	['a web address', (url) => requireWebUrl(url, 'file URL')],
	['a model ID', requireModelId],
	['a process ID', requireProcessId],
	['a webhook name', requireWebhookName],
	['a file name', safeFileName],
	['a well-formed text', wellFormed],
	['a visible text', withoutInvisible],
	['a trimmed text', trimInvisible],
	['a redacted text', (value) => redactSecrets(value, [])],
	['a redacted log line', (value) => redactLogLine(value, [])],
])('%s: normal is normal, and what is refused is refused by us', (_name, normalize) => {
	fc.assert(
		fc.property(text, (value) => {
			const once = settle(() => normalize(value));
			if (typeof once === 'string') expect(normalize(once)).toBe(once);
		}),
		options,
	);
});

test('no secret is left in a text, whatever is around it', () => {
	fc.assert(
		fc.property(text, secret, text, (before, hidden, after) => {
			const redacted = redactSecrets(`${before}${hidden}${after}`, [hidden]);
			expect(redacted).not.toContain(hidden.trim());
			expect(redactSecrets(redacted, [hidden])).toBe(redacted);
		}),
		options,
	);
});

test('nor in a record', () => {
	fc.assert(
		fc.property(fc.jsonValue(), text, secret, (any, around, hidden) => {
			const record = omitSecrets({ any, list: [{ text: around + hidden }] }, [hidden]);
			expect(JSON.stringify(record['list'])).not.toContain(JSON.stringify(hidden).slice(1, -1));
		}),
		options,
	);
});

test('a file name is one segment of at most 200 characters', () => {
	fc.assert(
		fc.property(text, (value) => {
			const name = safeFileName(value);
			expect(name).not.toMatch(/[/\\]|^\.{1,2}$/);
			expect(Array.from(name).length).toBeLessThanOrEqual(200);
		}),
		options,
	);
});

test('JSON is read as it was written', () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			expect(parseJson(toJsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
		}),
		options,
	);
});

test('so is a data: URL', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
			const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
			expect([...decodeDataUrl(url).bytes]).toEqual([...bytes]);
		}),
		options,
	);
});

test('what comes from outside is refused with no other error than ours', () => {
	fc.assert(
		fc.property(text, fc.jsonValue(), (value, any) => {
			settle(() => decodeDataUrl(`data:${value}`));
			settle(() => parseCredential({ apiKey: value, baseUrl: any }));
			settle(() => requireAllowedAddress('deployedModel', value, 'https://api.test/v1'));
			const unread = () => Promise.reject(new Error('not read'));
			settle(() =>
				requireNamedFile({ name: value, mimeType: value, size: 1, read: unread, open: unread }),
			);
			statedReason(any, []);
			parseCallback(any, value);
			readId(any);
			for (const model of models) checkInputs(model, { prompt: any, [value]: any });
			const result = { output: any };
			const state = { processId: 'p', status: 'COMPLETED', phase: 'completed' } as const;
			outputAddresses({ ...state, result, failure: undefined, raw: {} }, 'https://api.test/v1');
		}),
		options,
	);
});

test('Retry-After is ignored or within its bounds', () => {
	fc.assert(
		fc.property(fc.oneof(text, fc.double().map(String), fc.date().map(String)), (value) => {
			const ms = retryAfterMs({ 'retry-after': value }, 0) ?? 250;
			expect(ms).toBeGreaterThanOrEqual(250);
			expect(ms).toBeLessThanOrEqual(120_000);
		}),
		options,
	);
});
