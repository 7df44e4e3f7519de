import { connect } from 'node:net';
import { startTestGateway } from '../testing/test-gateway';

describe('a stopping gateway', () => {
  it('should not wait for a connection that never sent anything', async () => {
    const { gateway } = await startTestGateway();
    const { hostname, port } = new URL(gateway.url);
    const silent = connect(Number(port), hostname);
    await new Promise((resolve) => silent.once('connect', resolve));
    // Answered on another connection, so the server has met the silent one by now.
    expect((await fetch(`${gateway.url}/livez`, { headers: { connection: 'close' } })).status).toBe(200);
    const closed = new Promise((resolve) => silent.once('close', resolve));
    await gateway.stop();
    await closed;
    // The drain alone would have taken ten seconds, which is longer than this test may take.
  }, 8_000);
});
