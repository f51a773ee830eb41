import { deployments } from './deployments.cjs';
import { expressionsDeployments } from './expressions-deployments.cjs';
import { expressions } from './expressions.cjs';
import { errorBranch, pinnedData, retry, retryOnFail, subWorkflow } from './flow.cjs';
import { editImage } from './images.cjs';
import { jobs } from './jobs.cjs';
import { filesOut } from './files-out.cjs';
import { runKnownModel, runModel } from './run-model.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';
import { cloneVoice, transcribeUrl } from './sounds.cjs';
import { uploads } from './uploads.cjs';
import { webhooks } from './webhooks.cjs';

/** Runs a workflow and throws unless every result is as expected. */
export type Expectation = (workflow: SavedWorkflow) => Promise<void>;

/** The expectation of each file in `test/e2e/workflows`, by its name. */
export const expectations: Readonly<Record<string, Expectation>> = {
	'clone-voice': cloneVoice,
	deployments,
	'edit-image': editImage,
	'error-branch': errorBranch,
	expressions,
	'expressions-deployments': expressionsDeployments,
	'file-upload': uploads,
	'files-out': filesOut,
	job: jobs,
	'pinned-data': pinnedData,
	retry,
	'retry-on-fail': retryOnFail,
	'run-known-model': runKnownModel,
	'run-model': runModel,
	'sub-workflow': subWorkflow,
	'transcribe-url': transcribeUrl,
	webhooks,
};
