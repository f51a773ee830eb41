import { expectEqual } from '../checks.cjs';
import { expectFiles, expectJobs, expectSent, expectSentUrls, firstOutputs } from './results.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

const scenes = ['A barn [slow 2]', 'A boat', 'A bridge [slow 1.4]'];
const scenesThat = (change: string) => scenes.map((scene) => `${scene} ${change}`);

/** Each model that edits images, with an image from HTTP Request for each item; and by URL. */
export async function editImage(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const painted = await expectFiles(run, 'Paint', { prompts: scenes, download: false });
	expectEqual(
		'parameters',
		painted.map(({ inputs }) => inputs['aspect_ratio']),
		Array(3).fill('landscape'),
	);
	const images = (await run.files('Fetch')).map(({ data }) => data);

	const edits = [
		['Image to Image', 'in winter', { negprompt: 'snow', steps: 40, strength: 0.5 }],
		['InstructPix2Pix', 'at night', { image_guidance_scale: 2 }],
		[
			'PhotoMaker',
			'with a face',
			{ safe_filter: false, samples: 2, strength: 20, style: 'watercolor' },
		],
	] as const;
	for (const [node, change, parameters] of edits) {
		const jobs = await expectFiles(run, node, { prompts: scenesThat(change) });
		expectSent(jobs, 'init_image_url', images);
		for (const { inputs } of jobs) {
			const { prompt: _prompt, ...sent } = inputs;
			expectEqual(`parameters of "${node}"`, sent, parameters);
		}
	}
	const byUrl = await expectFiles(run, 'By URL', {
		prompts: scenesThat('once more'),
		field: 'edited',
	});
	expectSentUrls(byUrl, 'init_image_url', firstOutputs(run, 'Image to Image'));
	expectJobs(run, 15);
}
