import { join } from 'node:path';
import { startEmulator, type Emulator } from '../../emulator/server.cjs';
import { installGateway, startGateway } from '../../test/support/gateway/gateway.cjs';
import { freePort } from '../../test/support/n8n/ports.cjs';
import { readJobFacts, type JobFacts } from './job-facts.cjs';

/** The MonsterAPI that the workflows use. */
export interface Service {
	baseUrl: string;
	apiKey: string;
	/** What it is, in some lines for the user. */
	introduction: string;
	/** Whether its jobs take no longer than those of this machine. */
	local: boolean;
	/** The emulator, where it is that one. */
	emulator?: Emulator;
	/** Why the examples with deployments are not run, where they are not. */
	noDeployments?: string;
	/** Whether it can reach n8n's webhooks: the hosted service needs a public address for that. */
	callsBack: boolean;
	/** n8n's settings for that. */
	n8nEnv: NodeJS.ProcessEnv;
	/** What it says about a finished job's result. */
	jobFacts(processId: string): Promise<JobFacts>;
	close(): Promise<void>;
}

export interface ServiceOptions {
	/** Whether the emulator takes the gateway's place. */
	emulator: boolean;
	/** The Node.js of the gateway. */
	nodeBinary: string;
	/** For the gateway's data and log. */
	folder: string;
	/** The gateway's preferred port; any free one when left out. */
	port?: number;
}

const HOSTED_URL = 'https://api.monsterapi.ai/v1';

/** The hosted service when MONSTERAPI_KEY is set, else a gateway on this machine, or the emulator in this process. */
export async function openService(options: ServiceOptions): Promise<Service> {
	const apiKey = process.env.MONSTERAPI_KEY;
	if (apiKey) return hosted(apiKey);
	return options.emulator ? await emulator() : await gateway(options);
}

function hosted(apiKey: string): Service {
	const baseUrl = process.env.MONSTERAPI_BASE_URL || HOSTED_URL;
	const { WEBHOOK_URL } = process.env;
	return {
		baseUrl,
		apiKey,
		introduction: `MonsterAPI is ${baseUrl}, with the key from MONSTERAPI_KEY: the runs are charged.`,
		local: false,
		noDeployments: 'A deployment is billed by the hour.',
		callsBack: Boolean(WEBHOOK_URL),
		n8nEnv: WEBHOOK_URL ? { WEBHOOK_URL } : {},
		jobFacts: async () => await Promise.resolve({ emulated: false, notes: [] }),
		close: async () => undefined,
	};
}

async function emulator(): Promise<Service> {
	// Every callback is sent twice, concurrently; each may start its workflow only once.
	const started = await startEmulator({ settings: { callbackRepeat: 2 } });
	return {
		baseUrl: started.baseUrl,
		apiKey: 'demo-key',
		introduction: `MonsterAPI is the emulator at ${started.baseUrl}: no key, no cost, every result is made up.`,
		local: true,
		emulator: started,
		callsBack: true,
		n8nEnv: {},
		jobFacts: async () => await Promise.resolve({ emulated: true, notes: [] }),
		close: () => started.close(),
	};
}

async function gateway({ nodeBinary, folder, port }: ServiceOptions): Promise<Service> {
	await installGateway(nodeBinary, folder);
	const started = await startGateway({
		nodeBinary,
		folder: join(folder, 'gateway'),
		port: await freePort(port),
	});
	return {
		baseUrl: started.baseUrl,
		apiKey: started.apiKey,
		introduction:
			`MonsterAPI is the gateway at ${started.baseUrl}, on this machine. It answers each model by an engine that it found;\n` +
			`models whose engine is "emulated" give made-up results, which are marked below:\n\n${indented(started.models)}\n`,
		local: true,
		noDeployments: 'The gateway has no deployments; `npm run demo -- --emulator` runs it.',
		callsBack: true,
		n8nEnv: {},
		jobFacts: async (processId) => await readJobFacts(started, processId),
		close: () => started.stop(),
	};
}

const indented = (lines: string) => lines.replace(/^/gm, '  ');
