import type { JobStatus } from '../generate/job-status.cjs';

/** How a URL is tried before it is registered. POST carries `{}`; POST-empty neither a body nor a content type. */
export type WebhookProbe = 'GET' | 'HEAD' | 'POST' | 'POST-empty' | 'none';

/** The switches of webhooks and callbacks, of which little is documented. Times are milliseconds. */
export interface WebhookSettings {
	webhookProbe: WebhookProbe;
	/** How long a URL that is tried has to answer. */
	probeTimeoutMs: number;
	/** What happens to a name that is registered a second time. */
	webhookDuplicate: 'overwrite' | 'refuse';
	/** How an account without webhooks is listed: with an empty list, or with 404. */
	webhookEmpty: 'list' | '404';
	/** Status of deleting a name that is not there. */
	webhookGone: '200' | '404';
	/** Status changes that call back. Fixed when a job is accepted, as are the next two. */
	callbackStatuses: readonly JobStatus[];
	/** How long after a status change its callback is sent. */
	callbackDelayMs: number;
	/** The end of a job is called back first, its IN_PROGRESS after it. */
	callbackReorder: boolean;
	/** How many times each callback is sent, at once. */
	callbackRepeat: number;
	/** How many of the next callbacks are not sent; it counts down. */
	callbackLostCount: number;
	callbackContentType: 'application/json' | 'text/plain' | 'none';
	/** How many times a callback is tried while the receiver does not answer 2xx. */
	callbackAttempts: number;
	callbackRetryMs: number;
}

const allStatuses: readonly JobStatus[] = ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED'];

export const webhookDefaults: WebhookSettings = {
	webhookProbe: 'GET',
	probeTimeoutMs: 5000,
	webhookDuplicate: 'overwrite',
	webhookEmpty: 'list',
	webhookGone: '200',
	callbackStatuses: allStatuses,
	callbackDelayMs: 0,
	callbackReorder: false,
	callbackRepeat: 1,
	callbackLostCount: 0,
	callbackContentType: 'application/json',
	callbackAttempts: 1,
	callbackRetryMs: 200,
};

const duration = { type: 'number', minimum: 0 } as const;

/** Properties of the settings' JSON schema. */
export const webhookSettingsSchema = {
	webhookProbe: { enum: ['GET', 'HEAD', 'POST', 'POST-empty', 'none'] },
	probeTimeoutMs: duration,
	webhookDuplicate: { enum: ['overwrite', 'refuse'] },
	webhookEmpty: { enum: ['list', '404'] },
	webhookGone: { enum: ['200', '404'] },
	callbackStatuses: { type: 'array', uniqueItems: true, items: { enum: allStatuses } },
	callbackDelayMs: duration,
	callbackReorder: { type: 'boolean' },
	callbackRepeat: { type: 'integer', minimum: 1, maximum: 1000 },
	callbackLostCount: { type: 'integer', minimum: 0 },
	callbackContentType: { enum: ['application/json', 'text/plain', 'none'] },
	callbackAttempts: { type: 'integer', minimum: 1 },
	callbackRetryMs: duration,
} as const;
