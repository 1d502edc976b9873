/** A thread that compares columns of numbers. */

import { serveJobs } from '../../core/drift/index.ts';

serveJobs();
