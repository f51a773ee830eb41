import 'reflect-metadata';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

/* n8n reads these when its modules load. */
const home = mkdtempSync(path.join(tmpdir(), 'monsterapi-engine-'));
process.env['N8N_USER_FOLDER'] = home;
process.env['N8N_ENCRYPTION_KEY'] = 'engine-tests';
process.env['N8N_LOG_LEVEL'] = 'silent';

import { Container, type Constructable } from '@n8n/di';
import {
	BinaryDataConfig,
	BinaryDataService,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	LoggerProxy,
	Workflow,
	createRunExecutionData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { passOn } from './pass-on.cjs';
import { serverData, type Authenticate } from './server-data.cjs';

export type BinaryMode = 'default' | 'filesystem';

/** What n8n's log would hold, so that tests can look for process ids, and for secrets. */
export const logLines: string[] = [];
const record =
	(level: string) =>
	(message: string, meta: object = {}): void => {
		logLines.push(`${level} ${message} ${JSON.stringify(meta)}`);
	};
const logger = {
	error: record('error'),
	warn: record('warn'),
	info: record('info'),
	debug: () => undefined,
	scoped: () => logger,
};

/** The logger class that n8n-core itself uses: the development tools bring another version of the same package. */
function loggerOfCore(): Constructable {
	const place = require.resolve('@n8n/backend-common', { paths: [require.resolve('n8n-core')] });
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- the place is only known at run time
	const { Logger } = require(place) as { Logger: Constructable };
	return Logger;
}

const projectFolder = path.resolve(__dirname, '../../..');

let loader: PackageDirectoryLoader | undefined;

/** Loads the built package as n8n does: from package.json's list, with codex and icons. */
export async function loadPackage(): Promise<PackageDirectoryLoader> {
	if (loader === undefined) {
		loader = new PackageDirectoryLoader(projectFolder);
		await loader.loadAll();
	}
	return loader;
}

export async function startEngine(mode: BinaryMode): Promise<void> {
	LoggerProxy.init(logger);
	Container.set(loggerOfCore(), logger);
	const config = Container.get(BinaryDataConfig);
	config.mode = mode;
	config.availableModes = ['filesystem'];
	config.localStoragePath = path.join(home, 'binary');
	await Container.get(BinaryDataService).init();
	await loadPackage();
}

export const endEngine = (): void => rmSync(home, { recursive: true, force: true });
// A process that only imports this module leaves no folder behind either.
process.once('exit', endEngine);

export const nodeTypes: INodeTypes = {
	getByName: () => passOn,
	getKnownTypes: () => ({}),
	getByNameAndVersion: (name) => {
		const own = loader?.nodeTypes[name.replace(/^n8n-nodes-monsterapi\.|Tool$/g, '')]?.type;
		if (own === undefined) return passOn;
		if ('nodeVersions' in own) throw new Error('The node has one version');
		return name.endsWith('Tool') ? asTool(own) : own;
	},
};

/** The node type that n8n adds for agents; its name decides which fields the form has. */
export const asTool = (type: INodeType): INodeType =>
	Object.create(type, {
		description: { value: { ...type.description, name: `${type.description.name}Tool` } },
	}) as INodeType;

export interface RunOptions {
	/** `json`, and binary files where the node reads them. */
	readonly items?: INodeExecutionData[];
	readonly parameters: IDataObject;
	readonly credential: { apiKey: string; baseUrl: string };
	readonly settings?: Partial<
		Pick<INode, 'maxTries' | 'onError' | 'retryOnFail' | 'waitBetweenTries' | 'webhookId'>
	>;
	/** The node's name within the package; the action node when left out. */
	readonly type?: string;
	readonly binaryMode?: 'separate' | 'combined';
	/** What n8n keeps with the workflow from one execution to the next. */
	readonly staticData?: IDataObject;
	/** Each execution has one of its own when left out: what the node learns in one it does not know in another. */
	readonly workflowId?: string;
}

export interface Running {
	readonly run: Promise<IRun>;
	stop(): void;
}

/** How the package's credential type puts a key into a request. */
function authenticate(): Authenticate {
	const way = loader?.credentialTypes['monsterApi']?.type.authenticate;
	// An expression would need more of n8n than there is here, and n8n 2.39 cannot evaluate it in every workflow.
	if (typeof way !== 'function') throw new Error('The credential does not authenticate in code');
	return way;
}

const node = (name: string, type: string, parameters: IDataObject = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: JSON.parse(JSON.stringify(parameters)) as INodeParameters,
	credentials: { monsterApi: { id: '1', name: 'MonsterAPI account' } },
});

export interface Prepared {
	readonly workflow: Workflow;
	readonly node: INode;
	readonly data: IWorkflowExecuteAdditionalData;
}

/** A workflow Start → node, and what n8n's server would give the engine for it. */
export function prepare({
	parameters,
	credential,
	settings,
	type,
	binaryMode,
	staticData,
	workflowId = 'w',
}: RunOptions): Prepared {
	const own = {
		...node('MonsterAPI', `n8n-nodes-monsterapi.${type ?? 'monsterApi'}`, parameters),
		...settings,
	};
	const workflow = new Workflow({
		id: workflowId,
		name: 'Engine test',
		nodes: [node('Start', 'test.start'), own],
		connections: { Start: { main: [[{ node: 'MonsterAPI', type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes,
		...(staticData && { staticData }),
		settings: { executionOrder: 'v1', ...(binaryMode && { binaryMode }) },
	});
	const data = serverData(credential, authenticate());
	return { workflow, node: workflow.nodes['MonsterAPI'] ?? own, data };
}

let executions = 0;

/** Begins an execution of the node in n8n's real engine: Start → MonsterAPI. */
export function begin(options: RunOptions): Running {
	const { workflow, node: own, data } = prepare({ workflowId: `w${++executions}`, ...options });
	const { items } = options;
	const execute = new WorkflowExecute(
		data,
		'manual',
		createRunExecutionData({
			startData: {},
			executionData: {
				nodeExecutionStack: [
					{
						node: workflow.nodes['Start'] ?? own,
						data: { main: [items ?? [{ json: {} }]] },
						source: null,
					},
				],
			},
		}),
	);
	const run = execute.processRunExecutionData(workflow);
	return { run, stop: () => run.cancel() };
}

export interface Outcome {
	/** The items of the node's main output. */
	readonly items: INodeExecutionData[];
	/** The items of its error branch, where there is one. */
	readonly errorItems: INodeExecutionData[];
	readonly error:
		| {
				message: string;
				description?: string | null;
				context?: IDataObject;
				httpCode?: string;
				stack?: string;
				cause?: unknown;
		  }
		| undefined;
	readonly status: string;
	/** What n8n shows above the output. */
	readonly hints: ReadonlyArray<{ readonly message: string; readonly type?: string }>;
}

/** What came out of the node. */
export function outcomeOf(run: IRun): Outcome {
	const task = run.data.resultData.runData['MonsterAPI']?.[0];
	const outputs = task?.data?.['main'] ?? [];
	const error = task?.error ?? run.data.resultData.error;
	return {
		items: outputs[0] ?? [],
		errorItems: outputs[1] ?? [],
		error: error as Outcome['error'],
		status: run.status,
		hints: task?.hints ?? [],
	};
}

export const execute = async (options: RunOptions): Promise<Outcome> =>
	outcomeOf(await begin(options).run);

/** Puts bytes into n8n's binary storage, as an earlier node would have. */
export async function binaryOf(bytes: Buffer | Readable, fileName: string, mimeType: string) {
	const service = Container.get(BinaryDataService);
	return await service.store({ type: 'execution', workflowId: 'w', executionId: 'in' }, bytes, {
		data: '',
		mimeType,
		fileName,
		fileExtension: path.extname(fileName).slice(1),
	});
}

/** The text in a field of an output item. */
export function textOf(item: INodeExecutionData | undefined, field: string): string {
	const value = item?.json[field];
	if (typeof value !== 'string') throw new Error(`no text ${field}`);
	return value;
}

/** The bytes of a binary of an output item. */
export async function bytesOf(
	item: INodeExecutionData | undefined,
	field = 'data',
): Promise<Buffer> {
	const binary = item?.binary?.[field];
	if (binary === undefined) throw new Error(`no binary ${field}`);
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}
