# Pointer authentication; keys are zero here. A code does not change the low 48 bits or the top byte of a low address.
pacia x0, x1 ; autia x0, x1   | x0=0xab00123456789abc x1=5 => x0=0xab00123456789abc
pacdb x0, sp ; autdb x0, sp   | x0=0x1234 => x0=0x1234
pacizb x0 ; autizb x0         | x0=0x1234 => x0=0x1234
pacib x0, x1 ; xpaci x0       | x0=0x1234 x1=77 => x0=0x1234
xpacd x0                      | x0=0xab7f123456789abc => x0=0xab00123456789abc
xpaci x0                      | x0=0x0080123456789abc => x0=0xffff123456789abc
paciasp ; autiasp             | x30=0x10000 => x30=0x10000
pacibz ; xpaclri              | x30=0x10000 => x30=0x10000
pacib1716 ; autib1716         | x16=5 x17=0x10000 => x17=0x10000
autia x0, x1                  | x0=0x0055000000001000 x1=5 => trap=pac
autiasp                       | x30=0x0055000000001000 => trap=pac
retaa                         | x30=0x0055000000001000 => trap=pac
ldrab x0, [x1]                | x1=0x0055000000020000 => trap=pac
pacga x0, x1, x2 ; mov w3, w0 ; mov x0, #0 | x1=1 x2=2 => x3=0
pacdza x1 ; ldraa x0, [x1, #8]! | x1=0x20000 m64[0x20008]=7 => x0=7 x1=0x20008
