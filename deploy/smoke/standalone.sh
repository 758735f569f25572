#!/usr/bin/env bash
# Starts the standalone in an empty folder, as a newcomer would, waits until it is ready, and runs the drill against it.
set -euo pipefail
cd "$(dirname "$0")/../.."
source deploy/smoke/start.sh
npm run -s drill -- --url "$url" --data "$MIDSTREAM_DATA" --json
