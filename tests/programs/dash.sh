# dash: scripts run by #!, traps, here-documents, job control, exec
cat > script <<'EOF'
#!/bin/dash -e
echo "script $0 $# $*" | sed 's,.*/,,'
exec /bin/echo done
EOF
chmod +x script
./script a 'b c' d
dash -c 'trap "echo term; exit 3" TERM; kill -TERM $$; echo not reached'; echo $?
dash -c 'n=0; while [ $n -lt 200 ]; do n=$((n+1)); done; echo $n'
dash -c 'cat <<X
$(echo nested | tr a-z A-Z)
X'
dash -c 'set -- x y z; shift; echo $1; (exit 5); echo $?; false || echo or'
dash -c 'kill -KILL $$'; echo $?
dash -c 'kill -SEGV $$' 2>/dev/null; echo $?
printf '#!/bin/dash\nexit 9\n' > nine; chmod +x nine; ./nine; echo $?
printf 'echo no interpreter line\n' > plain; chmod +x plain; ./plain
chmod -x plain; ./plain 2>/dev/null; echo $?
