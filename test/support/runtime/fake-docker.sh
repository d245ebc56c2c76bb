#!/bin/bash
# A fake of Docker's client, for machines without an engine: records its arguments, one a line, and for `run` executes the
# command of the container without a container around it.
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
  # A container ends with its first process, and so does everything in it.
  kill -KILL -- "-$(cat "$here/$name.pid")" 2>/dev/null
  exit $code
  ;;
kill) kill -KILL -- "-$(cat "$here/$2.pid")" ;;
esac
