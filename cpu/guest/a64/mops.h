/* FEAT_MOPS: what lift functions and helpers agree on. */
#ifndef XRUN_A64_MOPS_H
#define XRUN_A64_MOPS_H

enum mops_stage {
    MOPS_PROLOGUE,
    MOPS_MAIN,
    MOPS_EPILOGUE,
    MOPS_STAGE_MASK = 3,
    MOPS_FORWARD = 1 << 2, /* CPYF*: the direction is not chosen by overlap */
};

#endif
