import { Decimal128 } from 'bson';
import fc from 'fast-check';
import { decimal } from '../testing/values';
import { decimal128Of, decimalOf, doubleToDecimal15, exactDouble } from './decimal';
import {
  arcCosine,
  arcSine,
  arcTangent,
  arcTangent2,
  cosine,
  decimalLogarithm,
  exponential,
  hyperbolicCosine,
  hyperbolicSine,
  hyperbolicTangent,
  inverseHyperbolicCosine,
  inverseHyperbolicSine,
  inverseHyperbolicTangent,
  naturalLogarithm,
  power,
  sine,
  tangent,
} from './decimal-functions';
import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  quantize,
  remainderDecimals,
  squareRoot,
  subtractDecimals,
} from './decimal-math';

const at = (text: string) => decimalOf(decimal(text));
const text = (value: Parameters<typeof decimal128Of>[0]): string => decimal128Of(value).toString();

describe('decimalOf and decimal128Of', () => {
  it('should be inverse of each other on every finite decimal', () => {
    const coefficients = fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n });
    fc.assert(
      fc.property(coefficients, fc.integer({ min: -6176, max: 6111 }), (coefficient, exponent) => {
        const value = Decimal128.fromString(`${coefficient}E${exponent}`);
        expect(text(decimalOf(value))).toBe(value.toString());
      }),
    );
  });

  it.each([
    'NaN',
    'Infinity',
    '-Infinity',
    '0',
    '-0',
    '0E-6176',
    '0E+6111',
    '1.50',
    '9.999999999999999999999999999999999E+6144',
  ])('should keep %s', (value) => expect(text(at(value))).toBe(value));

  it('should overflow to infinity', () => {
    expect(text({ form: 'finite', negative: true, coefficient: 10n ** 33n, exponent: 6112 })).toBe('-Infinity');
  });
});

describe('decimal arithmetic', () => {
  it.each([
    ['1.50', '0.1', '1.60'],
    ['0.1', '0.2', '0.3'],
    ['1', '-1.00', '0.00'],
    ['9999999999999999999999999999999999', '1', '1.000000000000000000000000000000000E+34'],
    ['1E+100', '1', '1.000000000000000000000000000000000E+100'],
    ['Infinity', '-Infinity', 'NaN'],
    ['Infinity', '5', 'Infinity'],
  ])('should add %s and %s', (a, b, sum) => expect(text(addDecimals(at(a), at(b)))).toBe(sum));

  it('should subtract', () => expect(text(subtractDecimals(at('10.00'), at('0.01')))).toBe('9.99'));

  it.each([
    ['1.20', '3', '3.60'],
    ['0.00', '5', '0.00'],
    ['-2', '0.5', '-1.0'],
    ['1E+6000', '1E+6000', 'Infinity'],
    ['1E-6000', '1E-6000', '0E-6176'],
    ['Infinity', '0', 'NaN'],
  ])('should multiply %s by %s', (a, b, product) => expect(text(multiplyDecimals(at(a), at(b)))).toBe(product));

  it.each([
    ['1', '3', '0.3333333333333333333333333333333333'],
    ['2', '3', '0.6666666666666666666666666666666667'],
    ['1.00', '4', '0.25'],
    ['6', '2', '3'],
    ['1', '8', '0.125'],
    ['5', 'Infinity', '0E-6176'],
  ])('should divide %s by %s', (a, b, quotient) => expect(text(divideDecimals(at(a), at(b)))).toBe(quotient));

  it.each([
    ['7', '3', '1'],
    ['-7', '3', '-1'],
    ['5.5', '2', '1.5'],
    ['1E+20', '7', '2'],
  ])('should take the remainder of %s by %s', (a, b, rest) => expect(text(remainderDecimals(at(a), at(b)))).toBe(rest));

  it.each([
    ['2.5', 0, 'half-even', '2'],
    ['3.5', 0, 'half-even', '4'],
    ['-2.5', 0, 'floor', '-3'],
    ['-2.5', 0, 'ceiling', '-2'],
    ['2.345', 2, 'half-even', '2.34'],
    ['2.345', 2, 'down', '2.34'],
    ['1250', -2, 'half-even', '1.2E+3'],
    ['0.4', 0, 'ceiling', '1'],
    ['1E-100', 0, 'ceiling', '1'],
    ['1.5', 3, 'half-even', '1.5'],
  ] as const)('should quantize %s to %d places by %s', (value, places, mode, result) => {
    expect(text(quantize(at(value), places, mode))).toBe(result);
  });

  it.each([
    ['2', '1.414213562373095048801688724209698'],
    ['4', '2'],
    ['0.25', '0.5'],
    ['-1', 'NaN'],
    ['1E+10', '1E+5'],
  ])('should take the square root of %s', (value, root) => expect(text(squareRoot(at(value)))).toBe(root));
});

describe('decimal functions', () => {
  // Digits from published tables of the constants.
  it.each([
    ['e', exponential(at('1')), '2.718281828459045235360287471352662'],
    ['e^-1', exponential(at('-1')), '0.3678794411714423215955237701614609'],
    ['e^100', exponential(at('100')), '2.688117141816135448412625551580014E+43'],
    ['ln 10', naturalLogarithm(at('10')), '2.302585092994045684017991454684364'],
    ['ln 2', naturalLogarithm(at('2')), '0.6931471805599453094172321214581766'],
    ['ln 1', naturalLogarithm(at('1')), '0'],
    ['log10 1000', decimalLogarithm(at('1000')), '3'],
    ['log10 0.01', decimalLogarithm(at('0.01')), '-2'],
    ['log10 2', decimalLogarithm(at('2')), '0.3010299956639811952137388947244930'],
    ['2^0.5', power(at('2'), at('0.5')), '1.414213562373095048801688724209698'],
    ['2^10', power(at('2'), at('10')), '1024'],
    ['2^-2', power(at('2'), at('-2')), '0.25'],
    ['(-2)^3', power(at('-2'), at('3')), '-8'],
    ['(-2)^0.5', power(at('-2'), at('0.5')), 'NaN'],
    ['10^9999', power(at('10'), at('9999')), 'Infinity'],
    ['sin 1', sine(at('1')), '0.8414709848078965066525023216302990'],
    ['cos 1', cosine(at('1')), '0.5403023058681397174009366074429766'],
    ['tan 1', tangent(at('1')), '1.557407724654902230506974807458360'],
    ['sin 0', sine(at('0')), '0'],
    ['asin 1', arcSine(at('1')), '1.570796326794896619231321691639751'],
    ['acos 0.5', arcCosine(at('0.5')), '1.047197551196597746154214461093168'],
    ['atan 1', arcTangent(at('1')), '0.7853981633974483096156608458198757'],
    ['atan 10', arcTangent(at('10')), '1.471127674303734591852875571761731'],
    ['atan2 -1 -1', arcTangent2(at('-1'), at('-1')), '-2.356194490192344928846982537459627'],
    ['sinh 1', hyperbolicSine(at('1')), '1.175201193643801456882381850595601'],
    ['cosh 1', hyperbolicCosine(at('1')), '1.543080634815243778477905620757062'],
    ['tanh 1', hyperbolicTangent(at('1')), '0.7615941559557648881194582826047936'],
    ['asinh 1', inverseHyperbolicSine(at('1')), '0.8813735870195430252326093249797923'],
    ['acosh 2', inverseHyperbolicCosine(at('2')), '1.316957896924816708625046347307968'],
    ['atanh 0.5', inverseHyperbolicTangent(at('0.5')), '0.5493061443340548456976226184612629'],
    ['tanh 9999', hyperbolicTangent(at('9999')), '1'],
  ])('should compute %s', (_name, value, expected) => expect(text(value)).toBe(expected));
});

describe('doubles as decimals', () => {
  it('should be exact for comparing', () => {
    expect(text(exactDouble(0.1))).toBe('0.1000000000000000055511151231257827');
    expect(exactDouble(0.1).coefficient).toBe(1000000000000000055511151231257827021181583404541015625n);
    expect(text(exactDouble(5e-324))).toBe('4.940656458412465441765687928682214E-324');
  });

  it('should have 15 digits where converted', () => {
    expect(text(doubleToDecimal15(2.5))).toBe('2.50000000000000');
    expect(text(doubleToDecimal15(0.1))).toBe('0.100000000000000');
    expect(text(doubleToDecimal15(123456789012345680))).toBe('1.23456789012346E+17');
    expect(text(doubleToDecimal15(0))).toBe('0');
    expect(text(doubleToDecimal15(Number.NaN))).toBe('NaN');
  });
});
