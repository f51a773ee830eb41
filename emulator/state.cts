import type { CallbackRecord } from './webhook/callback-record.cjs';
import type { Deployment } from './deploy/deployment.cjs';
import type { Fault } from './fault.cjs';
import type { Job } from './generate/job.cjs';
import type { ObservedRequest, RequestRecord } from './request-record.cjs';
import { Outbox } from './webhook/outbox.cjs';
import { startingSettings, type Settings } from './settings.cjs';
import { UploadFolder, type Upload } from './upload/upload-store.cjs';

export interface Webhook {
	readonly url_name: string;
	readonly webhook_url: string;
}

/** Everything the emulator knows. Tests in the same process may read and change it directly. */
export class State {
	/** `http://host:port`, known once the emulator listens. */
	origin = '';
	settings: Settings;
	requests: RequestRecord[] = [];
	/** Told about every request to the API and to deployed models, with its body. */
	observer?: (request: ObservedRequest) => void;
	faults: Fault[] = [];
	readonly jobs = new Map<string, Job>();
	readonly uploads = new Map<string, Upload>();
	readonly webhooks = new Map<string, Webhook>();
	readonly deployments = new Map<string, Deployment>();
	/** What jobs called back, in the order of the answers. */
	callbacks: CallbackRecord[] = [];
	readonly outbox = new Outbox();
	/** Requests to /v1 that are not answered yet, and the most there were at once. */
	openRequests = 0;
	peakOpenRequests = 0;
	/** File transfers under way, and the most there were at once. */
	openTransfers = 0;
	peakTransfers = 0;
	/** Arrival times of the requests that the rate limit still counts. */
	recentRequests: number[] = [];
	readonly folder = new UploadFolder();

	constructor(
		/** The clock of jobs, deployments, expiries and the rate limit, in milliseconds. */
		readonly now: () => number,
		readonly apiKey: string | undefined,
		private readonly initialSettings: Partial<Settings>,
	) {
		this.settings = startingSettings(initialSettings);
	}

	/** Forgets everything that happened and goes back to the settings of the start. */
	reset(): void {
		this.settings = startingSettings(this.initialSettings);
		this.outbox.clear();
		this.callbacks = [];
		this.requests = [];
		this.faults = [];
		this.recentRequests = [];
		this.jobs.clear();
		this.uploads.clear();
		this.webhooks.clear();
		this.deployments.clear();
		this.folder.empty();
		this.peakOpenRequests = this.openRequests;
		this.peakTransfers = this.openTransfers;
	}
}
