/** Everybody's in the demo shop. In a file of its own: whoever only shows it need not load the shop. */
export const DEMO_PASSWORD = 'demo-password-1';
