/** A response of n8n outside 2xx. */
export class N8nError extends Error {
	constructor(
		readonly status: number,
		readonly call: string,
		readonly body: string,
	) {
		super(`n8n answered ${status} to ${call}: ${body.slice(0, 500)}`);
	}
}

export interface N8nOwner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/**
 * A logged-in user of n8n's internal REST API. The log-in cookie is bound to the browser-id of the log-in, so every
 * request repeats it.
 */
export class N8nSession {
	private cookie = '';

	constructor(readonly baseUrl: string) {}

	/** Creates the owner of a fresh instance and logs in as that owner. */
	async setUpOwner(owner: N8nOwner): Promise<void> {
		await this.call('POST', '/owner/setup', owner);
	}

	/** Logs in to an instance that has its owner. */
	async logIn(owner: Pick<N8nOwner, 'email' | 'password'>): Promise<void> {
		const { email, password } = owner;
		await this.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** Sends one request and returns the response, whatever its status. */
	async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.baseUrl}${path}`, {
			method,
			headers: {
				accept: 'application/json',
				// n8n closes idle connections after five seconds, sometimes just as one is reused.
				connection: 'close',
				'browser-id': 'n8n-nodes-monsterapi',
				...(this.cookie ? { cookie: this.cookie } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? null : JSON.stringify(body),
		});
		for (const line of response.headers.getSetCookie()) {
			if (line.startsWith('n8n-auth=')) this.cookie = line.split(';', 1)[0] ?? '';
		}
		return response;
	}

	/** Calls `/rest<path>` and returns the answer's data. Throws {@link N8nError} when not 2xx. */
	async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.send(method, `/rest${path}`, body);
		const text = await response.text();
		if (!response.ok) throw new N8nError(response.status, `${method} ${path}`, text);
		// n8n's own shape; the caller names the part that it relies on.
		const answer = JSON.parse(text || '{}') as { data?: unknown };
		return (answer.data ?? answer) as T;
	}
}
