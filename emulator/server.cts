import Fastify, { type FastifyInstance } from 'fastify';

import { auth } from './auth.cjs';
import { callbackControl } from './control/callback-control.cjs';
import { control } from './control/control.cjs';
import { deployControl } from './control/deployment-control.cjs';
import { deployedModel } from './deploy/deployed-model.cjs';
import { deployments } from './deploy/deployment-list.cjs';
import { deploy } from './deploy/deploy.cjs';
import { faults } from './faults.cjs';
import { files } from './files/files.cjs';
import { generate } from './generate/generate.cjs';
import { modelList } from './generate/model-list.cjs';
import { requestLog } from './request-log.cjs';
import { rateLimit } from './rate-limit.cjs';
import { answerErrors } from './http-error.cjs';
import type { Settings } from './settings.cjs';
import { State } from './state.cjs';
import { status } from './status/status.cjs';
import { upload } from './upload/upload.cjs';
import { webhook } from './webhook/webhook.cjs';

export interface EmulatorOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** The only key that is accepted. Default: any but `wrong-key`. */
	apiKey?: string;
	/** Clock in milliseconds. Default: the real one. */
	now?: () => number;
	settings?: Partial<Settings>;
}

export interface Emulator {
	/** Such as `http://127.0.0.1:4010`. */
	readonly origin: string;
	/** What a credential takes: the origin with `/v1`. */
	readonly baseUrl: string;
	readonly state: State;
	/** Ends at once, open connections included, and removes uploaded files. */
	close(): Promise<void>;
}

/** A part of the emulator: adds its hooks or routes to the application. */
type Section = (app: FastifyInstance, state: State) => void;

/** What every request passes, in this order. */
const guards: readonly Section[] = [requestLog, faults, auth, rateLimit];

/** What is answered: one section of the API each. */
const sections: readonly Section[] = [
	generate,
	modelList,
	status,
	files,
	upload,
	webhook,
	deploy,
	deployments,
	deployedModel,
	control,
	callbackControl,
	deployControl,
];

/**
 * Starts MonsterAPI on this machine.
 * @throws the error of the listening socket, e.g. with code EADDRINUSE when the port is in use
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const { port = 0, host = '127.0.0.1', now = Date.now } = options;
	const state = new State(now, options.apiKey, options.settings ?? {});
	const app = Fastify({
		forceCloseConnections: true,
		bodyLimit: 16 * 1024 * 1024,
		// Upload links end in the file's name, which may be long.
		routerOptions: { maxParamLength: 2000 },
		// Coercion would hide exactly the loose types that are to be seen as they came.
		// All errors at once, as the deploy service lists them.
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
	});

	// The API takes JSON and forms; text is rejected like any other type.
	app.removeContentTypeParser('text/plain');
	answerErrors(app);
	for (const guard of guards) guard(app, state);
	// Each in a scope of its own: the sections differ in how they read bodies.
	for (const section of sections) {
		void app.register((scope, _options, done) => {
			section(scope, state);
			done();
		});
	}

	await app.listen({ port, host });
	const address = app.server.address();
	// A string is the name of a pipe, which cannot be asked for here.
	if (address === null || typeof address === 'string') throw new Error('No port is listened on');
	state.origin = `http://${reachable(address.address)}:${address.port}`;
	return {
		origin: state.origin,
		baseUrl: `${state.origin}/v1`,
		state,
		async close() {
			state.outbox.clear();
			await app.close();
			state.folder.remove();
		},
	};
}

/** An address that a client on this machine can call: the wildcard ones can only be listened on. */
function reachable(address: string): string {
	if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
	return address.includes(':') ? `[${address}]` : address;
}
