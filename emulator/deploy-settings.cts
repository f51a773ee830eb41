/** The switches of deployments. Times are milliseconds. */
export interface DeploySettings {
	/** How long a new deployment is not started: its status is answered with 501. */
	deployPendingMs: number;
	/** How long it is `building` after that. */
	deployBuildMs: number;
	/** Whether new deployments fail in place of going live. */
	deployFail: boolean;
	/** Whether the account has run out of what a launch costs (402). */
	deployOutOfTokens: boolean;
	/** How many deployments may run at once, beyond which a launch is refused (403). */
	deployNumberLimit?: number | null;
	/** From which time of its life a deployment can be terminated; before, the answer is 501. */
	deployTerminateFrom: 'start' | 'building' | 'live';
	/** How /list and /instances are wrapped, which nobody documents: under a name, not at all, or by id. */
	deployListShape: 'object' | 'array' | 'map';
	/** How a deployed model answers: with JSON in a JSON string, as the service does, or with JSON. */
	deployAnswer: 'double' | 'plain';
}

export const deployDefaults: DeploySettings = {
	deployPendingMs: 300,
	deployBuildMs: 1200,
	deployFail: false,
	deployOutOfTokens: false,
	deployNumberLimit: null,
	deployTerminateFrom: 'building',
	deployListShape: 'object',
	deployAnswer: 'double',
};

const duration = { type: 'number', minimum: 0 } as const;

/** Properties of the settings' JSON schema. */
export const deploySettingsSchema = {
	deployPendingMs: duration,
	deployBuildMs: duration,
	deployFail: { type: 'boolean' },
	deployOutOfTokens: { type: 'boolean' },
	deployNumberLimit: { type: 'integer', minimum: 0, nullable: true },
	deployTerminateFrom: { enum: ['start', 'building', 'live'] },
	deployListShape: { enum: ['object', 'array', 'map'] },
	deployAnswer: { enum: ['double', 'plain'] },
} as const;
