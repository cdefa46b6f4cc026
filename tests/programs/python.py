# Python: json, hashlib, sqlite3, threading, subprocess, multiprocessing, ssl, asyncio, sockets, struct, decimal, ctypes-free
import asyncio, decimal, fractions, hashlib, json, math, multiprocessing, os, random, re, signal, socket, sqlite3, ssl, struct, subprocess, sys, tempfile, threading, time, zlib

print(sys.version_info[:2], sys.byteorder, sys.maxsize in (2**31 - 1, 2**63 - 1), os.uname().sysname)
data = {"a": [1, 2.5, None, True], "ü": {"nested": ["x"] * 3}, "n": [random.Random(7).random() for _ in range(5)]}
print(json.dumps(data, sort_keys=True), json.loads(json.dumps(data)) == data)
for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
    print(name, hashlib.new(name, b"x" * 100000).hexdigest()[:32])
print(hashlib.pbkdf2_hmac("sha256", b"p", b"s", 2000).hex())
db = sqlite3.connect(":memory:")
db.execute("create table t(a integer primary key, b text)")
db.executemany("insert into t values(?,?)", ((i, str(i * i)) for i in range(2000)))
print(db.execute("select count(*), sum(length(b)), max(b) from t where a % 3 = 1").fetchone())
total, lock = 0, threading.Lock()
def work():
    global total
    for _ in range(500):
        with lock:
            total += 1
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(total, threading.active_count())
p = subprocess.run(["/bin/sh", "-c", "read x; echo got $x; exit 4"], input=b"line\n", capture_output=True)
print(p.returncode, p.stdout)
try:
    subprocess.run(["/nonexistent-program"])
except FileNotFoundError as e:
    print("missing", e.errno)
print(subprocess.run([sys.executable, "-S", "-c", "import sys; print(sys.argv[1] * 2)", "ab"], capture_output=True, text=True).stdout)
def square(x):
    return x * x
if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool:
        print(pool.map(square, range(10)))
    q = multiprocessing.Queue()
    child = multiprocessing.Process(target=lambda: q.put(os.getpid() != os.getppid()))
    child.start(); print(q.get()); child.join(); print(child.exitcode)
print(ssl.OPENSSL_VERSION_INFO[0], ssl.create_default_context().check_hostname)
async def nap(n):
    await asyncio.sleep(n / 50)
    return n
async def naps():
    return await asyncio.gather(*(nap(n) for n in (3, 1, 2)))
print(asyncio.run(naps()))
a, b = socket.socketpair(); a.sendall(b"ping"); print(b.recv(10)); a.close(); b.close()
server = socket.create_server(("127.0.0.1", 0))
def serve():
    c, _ = server.accept()
    with c: c.sendall(c.recv(100).upper())
t = threading.Thread(target=serve); t.start()
with socket.create_connection(server.getsockname()) as c:
    c.sendall(b"hello"); print(c.recv(100))
t.join()
print(struct.pack("<hIqd", -2, 7, -9, 1.5).hex(), zlib.crc32(b"abc" * 1000), zlib.adler32(b"xyz"))
print(math.sin(1.0), math.exp(10.5), math.gamma(5.5), 2 ** 0.5, float("1e308") * 10, math.fsum([0.1] * 10), 7.0 // 0.3, -7 % 3)
print(decimal.Decimal(2).sqrt(), fractions.Fraction(0.1), 3 ** 200 % 1000007, repr(0.1 + 0.2), round(2.675, 2), 1e22, 5e-324)
got = []
signal.signal(signal.SIGALRM, lambda *_: got.append("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.05); time.sleep(0.3); print(got)
r, w = os.pipe(); pid = os.fork()
if pid == 0:
    os.write(w, b"child"); os._exit(3)
print(os.read(r, 10), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "f"); open(path, "w").write("text\n" * 1000); print(os.stat(path).st_size, sorted(os.listdir(d)))
    os.mkdir(d + "/many"); [open(f"{d}/many/{i}", "w").close() for i in range(300)]; print(len(os.listdir(d + "/many")))
print(re.sub(r"(\w+)@(\w+)", r"\2 at \1", "user@host and a@b"), sorted({"b": 1, "a": 2}.items()), os.path.exists("/proc/self/exe"))
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
print(deep(900)); gen = (i * i for i in range(10 ** 5)); print(sum(gen))
try: 1 / 0
except ZeroDivisionError as e: print(e)
