/** A thread that compares columns of numbers with those of the reference. */

import { serveJobs } from '../../../core/drift/index.ts';

serveJobs();
