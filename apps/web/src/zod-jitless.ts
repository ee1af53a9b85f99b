import { z } from 'zod';

// zod would probe for `new Function`, which the content security policy reports as a violation on every page.
z.config({ jitless: true });
