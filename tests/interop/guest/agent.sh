#!/bin/bash
# One command of the host: its first line; what follows is the command's input. What the command prints goes back (and
# is kept for a look after a failure), then one line with its exit status.
IFS= read -r command
cd /run || exit 1
if [[ $command == tail* ]]; then exec bash -c "$command"; fi
bash -c "$command" 2>&1 | tee -a /tmp/printed
printf '\nGUEST-EXIT %d\n' "${PIPESTATUS[0]}"
