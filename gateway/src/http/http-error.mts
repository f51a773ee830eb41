/** An answer other than success, in MonsterAPI's form: `{"message": …}`. */
export class HttpError extends Error {
	override readonly name = 'HttpError';
	readonly status: number;
	readonly retryAfterMs: number | undefined;

	constructor(status: number, message: string, retryAfterMs?: number) {
		super(message);
		this.status = status;
		this.retryAfterMs = retryAfterMs;
	}
}
