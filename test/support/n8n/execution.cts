import { decodeFlatted } from './flatted.cjs';

export interface BinaryFile {
	/** n8n's id of the stored file, for the download; absent when the data is kept inline. */
	id?: string;
	fileName?: string;
	mimeType: string;
	/** For display ("1.2 MB"); `bytes` is the number, in versions of n8n that write it. */
	fileSize?: string;
	bytes?: number;
	data?: string;
}

export interface ExecutionItem {
	json: Record<string, unknown>;
	binary?: Record<string, BinaryFile>;
	pairedItem?: unknown;
	error?: unknown;
}

export interface ExecutionError {
	message?: string;
	description?: string;
	httpCode?: string;
	stack?: string;
	node?: { name?: string };
}

/** Where n8n 2.x keeps an item's files when the workflow's setting "binaryMode" is "combined". */
export const FILES_IN_JSON = '_files';

/** The files of an item by field, wherever the workflow's setting keeps them. */
export const filesOf = ({ json, binary }: ExecutionItem): Record<string, BinaryFile> => ({
	...binary,
	...(json[FILES_IN_JSON] as Record<string, BinaryFile> | undefined),
});

interface NodeRun {
	executionTime?: number;
	executionStatus?: string;
	error?: ExecutionError;
	data?: Record<string, Array<ExecutionItem[] | null> | undefined>;
}

/** An execution as n8n's REST interface gives it; `data` is encoded. */
export interface StoredExecution {
	id: string | number;
	status: string;
	mode: string;
	startedAt?: string;
	stoppedAt?: string;
	data?: string;
}

const TERMINAL_STATUSES = new Set(['success', 'error', 'crashed', 'canceled']);

/** Whether this status is terminal. */
export function isTerminal(status: string): boolean {
	return TERMINAL_STATUSES.has(status);
}

/** One execution of a workflow with its decoded data. */
export class Execution {
	readonly id: string;
	/** `success`, `error`, `canceled`, `crashed`, `waiting`, `running` or `new`. */
	readonly status: string;
	/** How it was started: `manual`, `webhook`, `trigger`, … */
	readonly mode: string;
	/** The error of a failed execution. */
	readonly error: ExecutionError | undefined;
	/** Duration in seconds; 0 while it runs. */
	readonly seconds: number;
	/** The last run of each node that has run, by node name. */
	private readonly runs = new Map<string, NodeRun>();

	constructor(stored: StoredExecution) {
		this.id = String(stored.id);
		this.status = stored.status;
		this.mode = stored.mode;
		const { startedAt, stoppedAt } = stored;
		this.seconds =
			startedAt && stoppedAt ? (Date.parse(stoppedAt) - Date.parse(startedAt)) / 1000 : 0;
		if (!stored.data) return;
		const decoded = decodeFlatted(stored.data) as {
			resultData?: { error?: ExecutionError; runData?: Record<string, NodeRun[]> };
		} | null;
		this.error = decoded?.resultData?.error;
		for (const [name, runs] of Object.entries(decoded?.resultData?.runData ?? {})) {
			const last = runs.at(-1);
			if (last) this.runs.set(name, last);
		}
	}

	/** Names of the executed nodes, in the order in which they first ended. */
	nodeNames(): string[] {
		return [...this.runs.keys()];
	}

	/** The items on one of a node's outputs; empty when it was not executed. */
	items(nodeName: string, output = 0): ExecutionItem[] {
		return this.runs.get(nodeName)?.data?.main?.[output] ?? [];
	}

	/** Throws the reason unless it succeeded. */
	requireSuccess(): void {
		if (this.status === 'success') return;
		const { message, description, node } = this.error ?? {};
		const reason = [message, description].filter(Boolean).join(' ') || 'no reason given';
		throw new Error(`ended as "${this.status}" in ${node?.name ?? 'n8n'}: ${reason}`);
	}

	/** The error of one node, when it failed. */
	nodeError(nodeName: string): ExecutionError | undefined {
		return this.runs.get(nodeName)?.error;
	}

	/** How long a node took, in milliseconds. */
	nodeMs(nodeName: string): number {
		return this.runs.get(nodeName)?.executionTime ?? 0;
	}
}
