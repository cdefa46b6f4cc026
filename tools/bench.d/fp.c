/* Scalar floating point: planets, a set of Mandelbrot, a matrix, Newton's method. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct body {
    double x[3], v[3], mass;
};

static double planets(int steps)
{
    struct body b[5] = {{{0, 0, 0}, {0, 0, 0}, 39.5},        {{4.8, -1.2, -0.1}, {0.6, 2.8, -0.02}, 0.038},
                        {{8.3, 4.1, -0.4}, {-1.0, 1.8, 0.008}, 0.011}, {{12.9, -15.1, -0.2}, {1.1, 0.9, -0.01}, 0.0017},
                        {{15.4, -25.9, 0.2}, {1.0, 0.6, -0.03}, 0.002}};
    for (int s = 0; s < steps; s++) {
        for (int i = 0; i < 5; i++)
            for (int k = i + 1; k < 5; k++) {
                double d[3], square = 0;
                for (int c = 0; c < 3; c++) {
                    d[c] = b[i].x[c] - b[k].x[c];
                    square += d[c] * d[c];
                }
                double pull = 0.001 / (square * sqrt(square));
                for (int c = 0; c < 3; c++) {
                    b[i].v[c] -= d[c] * b[k].mass * pull;
                    b[k].v[c] += d[c] * b[i].mass * pull;
                }
            }
        for (int i = 0; i < 5; i++)
            for (int c = 0; c < 3; c++)
                b[i].x[c] += 0.001 * b[i].v[c];
    }
    return b[0].x[0] + b[1].x[1] + b[4].v[2];
}

static int mandelbrot(int size)
{
    int inside = 0;
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            double cr = 3.0 * x / size - 2, ci = 2.0 * y / size - 1, r = 0, i = 0;
            int n = 0;
            for (; n < 100 && r * r + i * i < 4; n++) {
                double t = r * r - i * i + cr;
                i = 2 * r * i + ci;
                r = t;
            }
            inside += n == 100;
        }
    return inside;
}

static float matrix(void)
{
    enum { N = 96 };
    static float a[N][N], b[N][N], c[N][N];
    float sum = 0;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            a[i][k] = (float)(i + k) / N;
            b[i][k] = (float)(i - k) / N;
        }
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            float s = 0;
            for (int m = 0; m < N; m++)
                s += a[i][m] * b[m][k];
            c[i][k] = s;
            sum += s > 0 ? sqrtf(s) : -s;
        }
    return sum + c[N / 2][N / 3];
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    double sum = 0;
    for (int r = 0; r < rounds; r++)
        sum += planets(40000) + mandelbrot(240) + matrix();
    printf("%.12g\n", sum);
    return 0;
}
