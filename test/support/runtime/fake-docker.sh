#!/bin/bash
# Stands in for Docker's client where no engine runs: writes down how it was called, one argument a line, and does for
# `run` what the engine would do with the container's command, without any container around it.
here=$(dirname "$0")
printf '%s\n' "$@" --- >>"$here/calls"
case $1 in
run)
  declare name mount
  while [ $# -gt 0 ]; do
    case $1 in
    --name) name=$2 ;;
    --volume) mount=${2%:*} ;;
    worker:*) break ;;
    esac
    shift
  done
  cd "$mount" || exit 125
  shift
  setsid "$@" <&0 &
  echo $! >"$here/$name.pid"
  wait $!
  code=$?
  # With its first process a container ends, and everything in it.
  kill -KILL -- "-$(cat "$here/$name.pid")" 2>/dev/null
  exit $code
  ;;
kill) kill -KILL -- "-$(cat "$here/$2.pid")" ;;
esac
