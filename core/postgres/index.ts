export { checkDatabaseUrl, libpqUrl, withoutTls } from './database-url.ts';
