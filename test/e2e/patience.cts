/**
 * n8n takes a database that does not answer a ping in time as gone, and answers everything with 503 meanwhile. A burst,
 * or a machine that is slow for a moment, keeps it busy for longer than its own five seconds. In n8n 1.x these are fixed:
 * there the first ping comes after an hour.
 */
export const patientSettings = (version: string): NodeJS.ProcessEnv =>
	version.startsWith('1.') ? { DB_PING_INTERVAL_SECONDS: '3600' } : { DB_PING_TIMEOUT_MS: '60000' };
