"""An S3 service in a process of its own, which goes away (SIGUSR1) and comes back (SIGUSR2) with all it had.

``python -m tests.nodes.bucket_server PORT BUCKET…``; knows nothing of Django, and asks no key.
"""

import signal
import sys
import warnings

warnings.simplefilter("ignore")


def serve(port: int, buckets: list[str]) -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    # Answers to signals wait for ``sigwait``: threads begun before would take them.
    heard = {signal.SIGUSR1, signal.SIGUSR2}
    signal.pthread_sigmask(signal.SIG_BLOCK, heard)
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys)
    for name in buckets:
        client.create_bucket(Bucket=name)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    is_there = True
    while True:
        wanted = signal.sigwait(heard) == signal.SIGUSR2
        if is_there and not wanted:
            server.stop()
            if server._server:
                server._server.server_close()
        elif wanted and not is_there:
            server.start()
        is_there = wanted


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
