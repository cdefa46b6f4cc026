/* C++ exceptions through many frames, out of constructors, nested, rethrown, with threads. */
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static thread_local unsigned long sum;

struct guard {
    long mark;
    explicit guard(long n) : mark(n)
    {
        if (n % 31 == 30)
            throw n;
    }
    ~guard() { sum = sum * 3 + static_cast<unsigned long>(mark); }
};

struct base {
    virtual ~base() = default;
    virtual long work(long n) = 0;
};
struct leaf : base {
    long work(long n) override
    {
        if (n % 3 == 0)
            throw std::runtime_error("three " + std::to_string(n));
        if (n % 5 == 0)
            throw n;
        return n;
    }
};
struct wrapper : base {
    base *inner;
    explicit wrapper(base *b) : inner(b) {}
    long work(long n) override
    {
        guard g(n);
        try {
            return inner->work(n) + 1;
        } catch (long m) {
            guard h(m + 1);
            if (m % 10 == 0)
                throw;
            return m * 2;
        }
    }
};

static unsigned long run(long times)
{
    leaf l;
    std::vector<wrapper> chain;
    chain.reserve(12);
    base *top = &l;
    for (int i = 0; i < 12; i++) {
        chain.emplace_back(top);
        top = &chain.back();
    }
    for (long n = 1; n <= times; n++) {
        try {
            sum = sum * 5 + static_cast<unsigned long>(top->work(n));
        } catch (const std::exception &e) {
            sum = sum * 7 + std::string(e.what()).size();
        } catch (...) {
            sum = sum * 11 + 1;
        }
    }
    return sum;
}

int main()
{
    long times = getenv("T_CAMPAIGN") ? 100000 : 3000;
    printf("one thread %lx\n", run(times));
    unsigned long sums[4];
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([=, &sums] { sums[i] = run(times / 4 + i); });
    for (auto &t : threads)
        t.join();
    for (unsigned long s : sums)
        printf("thread %lx\n", s);
    return 0;
}
