import { deployCustomImage } from './deployment/deployCustomImage.operation';
import { deployLlm } from './deployment/deployLlm.operation';
import { generate } from './deployment/generate.operation';
import { get as getDeployment } from './deployment/get.operation';
import { getHealth } from './deployment/getHealth.operation';
import { getInstances } from './deployment/getInstances.operation';
import { getLogs } from './deployment/getLogs.operation';
import { getMany as getManyDeployments } from './deployment/getMany.operation';
import { terminate } from './deployment/terminate.operation';
import { upload } from './file/upload.operation';
import { get } from './job/get.operation';
import { wait } from './job/wait.operation';
import { editImage } from './model/editImage.operation';
import { generateImage } from './model/generateImage.operation';
import { generateSpeech } from './model/generateSpeech.operation';
import { generateText } from './model/generateText.operation';
import { run } from './model/run.operation';
import { transcribe } from './model/transcribe.operation';
import type { Operation } from './operation';
import { create } from './webhook/create.operation';
import { deleteOperation } from './webhook/delete.operation';
import { get as getWebhook } from './webhook/get.operation';
import { getMany } from './webhook/getMany.operation';

/** Every operation of every resource. Saved workflows contain these names, so they never change. */
export interface Operations {
	deployment:
		| 'deployCustomImage'
		| 'deployLlm'
		| 'generate'
		| 'get'
		| 'getHealth'
		| 'getInstances'
		| 'getLogs'
		| 'getMany'
		| 'terminate';
	file: 'upload';
	job: 'get' | 'wait';
	model: 'editImage' | 'generateImage' | 'generateSpeech' | 'generateText' | 'run' | 'transcribe';
	webhook: 'create' | 'delete' | 'get' | 'getMany';
}

export interface Resource<Name extends string> {
	readonly name: string;
	readonly description: string;
	readonly defaultOperation: Name;
	readonly operations: Readonly<Record<Name, Operation>>;
}

/** Does not compile if an operation is missing. */
export const resources: { readonly [R in keyof Operations]: Resource<Operations[R]> } = {
	deployment: {
		name: 'Deployment',
		description: 'Your own models and images, on machines that cost money while they run',
		defaultOperation: 'getMany',
		operations: {
			deployCustomImage,
			deployLlm,
			generate,
			get: getDeployment,
			getHealth,
			getInstances,
			getLogs,
			getMany: getManyDeployments,
			terminate,
		},
	},
	file: {
		name: 'File',
		description: 'Files for the models to read',
		defaultOperation: 'upload',
		operations: { upload },
	},
	job: {
		name: 'Job',
		description: 'Jobs that were submitted earlier',
		defaultOperation: 'get',
		operations: { get, wait },
	},
	model: {
		// n8n lists resources by name: this one is to be first.
		name: 'AI Model',
		description: 'Text, images, speech and transcripts',
		defaultOperation: 'generateText',
		operations: { editImage, generateImage, generateSpeech, generateText, run, transcribe },
	},
	webhook: {
		name: 'Webhook',
		description: 'URLs that MonsterAPI calls when a job changes its status',
		defaultOperation: 'getMany',
		operations: { create, delete: deleteOperation, get: getWebhook, getMany },
	},
};

/** The operation of a resource; undefined for an unknown name, such as in a hand-edited workflow. */
export function findOperation(resource: string, operation: string): Operation | undefined {
	if (!isOwnKey(resources, resource)) return undefined;
	const operations: Readonly<Record<string, Operation>> = resources[resource].operations;
	return Object.hasOwn(operations, operation) ? operations[operation] : undefined;
}

const isOwnKey = <T extends object>(table: T, key: string): key is Extract<keyof T, string> =>
	Object.hasOwn(table, key);
