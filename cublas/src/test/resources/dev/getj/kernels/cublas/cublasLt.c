/* The functions of cuBLASLt that getj calls, for floats in the host's memory: what they are given, and where,
   is as in NVIDIA's reference. A product without a workspace has no kernel; stream 98 fails. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int compute, scale; int32_t ta, tb, epilogue; const float *bias; } Product;
typedef struct { int type; uint64_t rows, columns; int64_t ld; } Matrix;
typedef struct { uint64_t workspace; uint32_t alignment[4]; } Preference;
typedef struct { uint64_t algorithm[8]; size_t workspace; int state; float waves; int reserved[4]; } Heuristic;

static const uint64_t MARK = 0x1234567890abcdefu;

size_t cublasLtGetVersion(void) { return 130203; }
int cublasLtCreate(void **handle) { *handle = malloc(16); return 0; }
int cublasLtDestroy(void *handle) { free(handle); return 0; }

int cublasLtMatmulDescCreate(Product **made, int compute, int scale) {
    if (compute != 68 || scale != 0) return 7;
    *made = calloc(1, sizeof(Product));
    (*made)->epilogue = 1;
    return 0;
}
int cublasLtMatmulDescDestroy(Product *product) { free(product); return 0; }
int cublasLtMatmulDescSetAttribute(Product *product, int attribute, const void *value, size_t size) {
    switch (attribute) {
    case 3: if (size != 4) return 7; memcpy(&product->ta, value, size); return 0;
    case 4: if (size != 4) return 7; memcpy(&product->tb, value, size); return 0;
    case 7: if (size != 4) return 7; memcpy(&product->epilogue, value, size); return 0;
    case 8: if (size != 8) return 7; memcpy(&product->bias, value, size); return 0;
    default: return 7;
    }
}

int cublasLtMatrixLayoutCreate(Matrix **made, int type, uint64_t rows, uint64_t columns, int64_t ld) {
    if (type != 0 || ld < (int64_t)rows) return 7;
    *made = malloc(sizeof(Matrix));
    **made = (Matrix){type, rows, columns, ld};
    return 0;
}
int cublasLtMatrixLayoutDestroy(Matrix *matrix) { free(matrix); return 0; }

int cublasLtMatmulPreferenceCreate(Preference **made) { *made = calloc(1, sizeof(Preference)); return 0; }
int cublasLtMatmulPreferenceDestroy(Preference *preference) { free(preference); return 0; }
int cublasLtMatmulPreferenceSetAttribute(Preference *preference, int attribute, const void *value, size_t size) {
    if (attribute == 1 && size == 8) { memcpy(&preference->workspace, value, size); return 0; }
    if (attribute >= 5 && attribute <= 8 && size == 4) { memcpy(&preference->alignment[attribute - 5], value, size); return 0; }
    return 7;
}

int cublasLtMatmulAlgoGetHeuristic(void *handle, Product *product, Matrix *a, Matrix *b, Matrix *c, Matrix *d,
                                   Preference *preference, int wanted, Heuristic *found, int *count) {
    *count = 0;
    if (!handle || !product || !a || !b || !c || !d || wanted != 1) return 7;
    for (int i = 0; i < 4; i++) if (preference->alignment[i] < 4) return 7;
    if (preference->workspace == 0) return 0;
    found->algorithm[0] = MARK;
    *count = 1;
    return 0;
}

static float at(const Matrix *m, const float *values, int transposed, uint64_t row, uint64_t column) {
    return transposed ? values[column + row * m->ld] : values[row + column * m->ld];
}

int cublasLtMatmul(void *handle, Product *p, const float *alpha, const float *a, Matrix *la, const float *b, Matrix *lb,
                   const float *beta, const float *c, Matrix *lc, float *d, Matrix *ld, const uint64_t *algorithm,
                   void *workspace, size_t bytes, void *stream) {
    if (!handle || algorithm[0] != MARK || !workspace || !bytes) return 7;
    if (stream == (void *)98) return 13;
    if (stream != (void *)99) return 7;
    uint64_t depth = p->ta ? la->rows : la->columns;
    for (uint64_t column = 0; column < ld->columns; column++)
        for (uint64_t row = 0; row < ld->rows; row++) {
            float sum = 0;
            for (uint64_t k = 0; k < depth; k++) sum += at(la, a, p->ta, row, k) * at(lb, b, p->tb, k, column);
            sum = *alpha * sum + *beta * c[row + column * lc->ld];
            d[row + column * ld->ld] = sum + (p->epilogue == 4 ? p->bias[row] : 0);
        }
    return 0;
}
