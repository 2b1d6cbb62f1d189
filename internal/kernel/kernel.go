package kernel

// Float is an element type of the kernels.
type Float interface{ float32 | float64 }

// A UnaryOp names an elementwise function of one operand.
type UnaryOp uint8

// The functions of one operand. Those with a kink or a jump follow IEEE
// arithmetic at NaN: ReLU, Abs and Sign of NaN are NaN, Step of NaN is 0.
const (
	Copy       UnaryOp = iota // x
	Neg                       // −x
	Exp                       // eˣ
	Log                       // ln x
	Log1p                     // ln(1 + x)
	Expm1                     // eˣ − 1
	Sqrt                      // √x
	Square                    // x²
	Abs                       // |x|
	Sign                      // −1, 0 or 1
	Tanh                      // tanh x
	Sigmoid                   // 1/(1 + e⁻ˣ)
	Softplus                  // ln(1 + eˣ)
	ReLU                      // max(x, 0)
	Reciprocal                // 1/x
	Step                      // 1 where x > 0, else 0
)
