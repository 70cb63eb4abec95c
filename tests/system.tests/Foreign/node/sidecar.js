// What every program here begins with: clients of the two sidecars that the test has started.
import { CommunicationProtocolEnum, DaprClient, LogLevel } from "@dapr/dapr";

const logger = { level: LogLevel.Error };

/** The protocol that the program is to use, its only argument. */
export const isGrpc = process.argv[2] === "grpc";

export const settings = { appPort: process.env.APP_PORT, host: "127.0.0.1", logger };

/** A client of this program's own sidecar (app id node), or of the one of the app id other. */
export function client(appId = "node", grpc = isGrpc) {
  return new DaprClient({
    daprHost: settings.host,
    daprPort: process.env[`${appId.toUpperCase()}_${grpc ? "GRPC" : "HTTP"}_PORT`],
    communicationProtocol: grpc ? CommunicationProtocolEnum.GRPC : CommunicationProtocolEnum.HTTP,
    logger,
  });
}

/** The text of a refusal, which the package returns over HTTP and throws over gRPC; fails when there was none. */
export async function refusal(call) {
  let error;
  try {
    error = (await call)?.error;
  } catch (thrown) {
    error = thrown?.error ?? thrown;
  }

  if (!error) throw new Error("was not refused");
  return String(error.message ?? error);
}

/** The first value of read that accept takes. */
export async function eventually(read, accept, what) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
