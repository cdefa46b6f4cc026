# g++ of the guest system: compiles, links and runs a C++ program with exceptions, through recursion, frames of the C library
# and noexcept
cat > p.cc <<'END'
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <typeinfo>
struct error : std::exception {
    int n;
    explicit error(int n) : n(n) {}
    const char *what() const noexcept override { return "error"; }
};
struct noisy {
    const char *name;
    explicit noisy(const char *name) : name(name) {}
    ~noisy() { printf("~%s %d\n", name, std::uncaught_exceptions()); }
};
static int deep(int n)
{
    noisy local(n % 2 ? "odd" : "even");
    if (!n)
        throw error(42);
    return deep(n - 1) + 1;
}
static int compare(const void *a, const void *b)
{
    if (*(const int *)a == 3)
        throw *(const int *)a;
    return *(const int *)a - *(const int *)b;
}
int main()
{
    try {
        deep(3);
    } catch (const std::exception &e) {
        printf("%s %d\n", e.what(), dynamic_cast<const error &>(e).n);
    }
    try {
        int v[] = {5, 3, 1};
        qsort(v, 3, sizeof *v, compare); // through frames of C
    } catch (int n) {
        printf("int %d\n", n);
    }
    try {
        try {
            throw 2.5;
        } catch (...) {
            noisy again("again");
            throw;
        }
    } catch (double d) {
        printf("double %.1f\n", d);
    }
    try {
        struct base { virtual ~base() {} } *none = nullptr;
        printf("%s\n", typeid(*none).name());
    } catch (const std::bad_typeid &) {
        puts("bad_typeid");
    }
    std::set_terminate([] { puts("terminate"); _Exit(7); });
    []() noexcept { throw 1; }();
}
END
g++-12 -O1 -Wall p.cc -o p && ./p; echo $?
