// What the scripts of the Node clients share: node SCRIPT URL ACCOUNT TOKEN

const assert = require('node:assert/strict');

const [url, account, token] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;

// Does one thing after another and says what became of each; the first failure ends the script.
async function run(client, steps) {
  let current;
  // Also when nothing is left to wait for, though the step is not done.
  const failed = () => {
    console.log(`${client}: FAILED ${current}`);
    process.exitCode = 1;
  };
  process.on('exit', failed);
  // Pages could go on for ever.
  setTimeout(() => process.exit(), 60_000).unref();
  for (const [name, act] of Object.entries(steps)) {
    current = name;
    await act();
    console.log(`${client}: ${name}`);
  }
  process.off('exit', failed);
}

// The call must be refused; `expected` says with what, as far as that is known.
async function refused(call, expected = {}) {
  const error = await call().then(
    () => assert.fail('it was not refused'),
    (error) => error,
  );
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(error[name], value, `${name} of ${error}`);
  }
  return error;
}

// Adds a log entry, which no operation of the API does.
async function writeLog(service, environment, entry) {
  const path = `/v1/Services/${service}/Environments/${environment}/Logs`;
  const answer = await fetch(`${url}/.trueup${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(entry),
  });
  assert.equal(answer.status, 201);
  return answer.json();
}

const unknown = (prefix) => prefix + '0'.repeat(32);
const sids = (items) => items.map((item) => item.sid).sort();

module.exports = { url, account, token, authorization, run, refused, writeLog, unknown, sids };
