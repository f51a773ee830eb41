import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

import { expectEqual, type Checks } from '../checks.cjs';
import { readJob } from '../job-status.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { node } from '../workflows.cjs';
import { chain } from './round-trip.cjs';

const size = { width: 60, height: 40 };

/** Runs ImageMagick. @returns what it writes */
const convert = (args: readonly string[], input?: Buffer): Buffer =>
	execFileSync('convert', args, { input });

/** Red, green and blue of each pixel. Throws unless the image has the size of the original. */
function pixelsOf(png: Buffer): number[][] {
	const { width, height } = size;
	expectEqual('format', png.toString('latin1', 1, 4), 'PNG');
	expectEqual('width and height', [png.readUInt32BE(16), png.readUInt32BE(20)], [width, height]);
	const bytes = convert(['png:-', '-depth', '8', 'rgb:-'], png);
	expectEqual('bytes', bytes.length, width * height * 3);
	return Array.from({ length: width * height }, (_unused, index) => [
		...bytes.subarray(index * 3, index * 3 + 3),
	]);
}

const isGray = ([red, green, blue]: number[]) => red === green && green === blue;

/** An image goes through a real program: ImageMagick takes its colors away. */
export async function checkImageEdit(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api } = instance;
	const { width, height } = size;
	const original = convert(['-size', `${width}x${height}`, 'gradient:red-blue', 'png:-']);

	await check('an image is edited by ImageMagick: a changed PNG of the same size', async () => {
		const data = `Buffer.from('${original.toString('base64')}', 'base64')`;
		const stored = await api.createWorkflow(
			chain([
				node(instance, 'Start', 'n8n-nodes-base.manualTrigger', {}),
				node(instance, 'Picture', 'n8n-nodes-base.code', {
					jsCode: `return [{ json: {}, binary: { data: await this.helpers.prepareBinaryData(${data}, 'colors.png', 'image/png') } }];`,
				}),
				node(instance, 'Edit', 'n8n-nodes-monsterapi.monsterApi', {
					...{ resource: 'model', operation: 'editImage', model: 'img2img' },
					...{ fileSource: 'binary', binaryPropertyName: 'data', prompt: 'Without colors' },
					...{ parameters: { strength: 0.5 }, options: {} },
				}),
			]),
		);
		const execution = await api.runToEnd(stored);
		execution.requireSuccess();
		const [item] = execution.items('Edit');
		const file = item?.binary?.data;
		assert(file !== undefined, 'no image came');
		expectEqual('type', file.mimeType, 'image/png');
		const before = pixelsOf(original);
		const after = pixelsOf(await buffer(await api.openFile(file)));
		assert(!before.every(isGray), 'the original has no colors');
		assert(after.every(isGray), 'it still has colors');
		assert(new Set(after.map(([gray]) => gray)).size > 1, 'it has one color only');
		// The program was not given the parameter, and the gateway says so.
		const { result } = await readJob(instance.emulator, String(item?.json.process_id));
		const notes = result?.notes;
		assert(
			Array.isArray(notes) && notes.some((note) => String(note).startsWith("'strength' had no")),
			`notes: ${JSON.stringify(notes)}`,
		);
	});
}
