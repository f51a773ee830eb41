import { llmParameters } from '../../../core/catalogue/deployments';
import { llmBody } from '../../../core/deployments/inputs';
import type { Operation } from '../operation';
import { parameterCollection } from '../form/parameterFields';
import {
	costNotice,
	deployOptionsField,
	gpuCountField,
	perGpuVramField,
	terminateOnFailureField,
	waitUntilLiveField,
} from '../form/deploymentFields';
import { launchDeployment } from '../run/launchDeployment';

export const deployLlm: Operation = {
	name: 'Deploy Language Model',
	action: 'Deploy language model',
	description: 'Start a language model on your own GPUs. It costs money until it is terminated.',
	fields: [
		costNotice,
		{
			displayName: 'Base Model Path',
			name: 'basemodelPath',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. mistralai/Mistral-7B-Instruct-v0.2',
			description:
				'A Hugging Face model that vLLM can run, or the URL of a zip file that contains one',
		},
		{
			displayName: 'Prompt Template',
			name: 'promptTemplate',
			type: 'string',
			typeOptions: { rows: 3 },
			required: true,
			default: '{prompt}{completion}',
			description:
				'How the prompt is composed. It needs at least two keys in braces: one for the input, one for the output.',
		},
		perGpuVramField,
		gpuCountField,
		parameterCollection('Deployment Parameters', llmParameters),
		waitUntilLiveField,
		terminateOnFailureField,
		deployOptionsField,
	],
	execute: async (context) => {
		const { parameters } = context;
		return await launchDeployment(context, 'llm', () =>
			llmBody({
				basemodelPath: parameters.text('basemodelPath', 'Base Model Path'),
				promptTemplate: parameters.text('promptTemplate', 'Prompt Template'),
				perGpuVram: parameters.text('perGpuVram', 'VRAM per GPU'),
				gpuCount: parameters.text('gpuCount', 'Number of GPUs'),
				parameters: parameters.record('parameters', 'Deployment Parameters'),
			}),
		);
	},
};
