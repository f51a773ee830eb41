import { multipart } from '../../../nodes/host/multipart';

/** As the platform parses it. */
async function read(fields: Record<string, string>, label: { name: string; mimeType: string }) {
	const bytes = Uint8Array.from({ length: 70_000 }, (_none, index) => (index * 7) & 0xff);
	const file = { parameter: 'file', bytes, ...label };
	const { contentType, body } = multipart({ kind: 'form', fields, file });
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for servers; the body is small and trusted
	const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
	const found = form.get('file');
	if (!(found instanceof File)) throw new Error('no file');
	expect(Buffer.from(await found.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
	form.delete('file');
	return { name: found.name, type: found.type, fields: Object.fromEntries(form) };
}

test('any text and every byte is preserved', async () => {
	const fields = { prompt: 'Grüße 👋\n--x\r\n"quoted"', steps: '30', empty: '', 'ä b': 'x' };
	expect(await read(fields, { name: 'Gespräch 1.mp3', mimeType: 'audio/mpeg' })).toEqual({
		name: 'Gespräch 1.mp3',
		type: 'audio/mpeg',
		fields,
	});
});

test('no name or type can inject a header or a part', async () => {
	const hostile = 'a"\r\nContent-Type: text/html\r\n\r\n<b>';
	const seen = await read({ [hostile]: '1' }, { name: hostile, mimeType: 'audio/mpeg\r\nX-Y: z' });
	expect(seen.type).toBe('application/octet-stream');
	expect(seen.name).toBe(hostile);
	expect(seen.fields).toEqual({ [hostile]: '1' });
});
